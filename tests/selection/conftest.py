"""What is done here in the process of the tests is done as in a process of its own."""

from tests.previews.conftest import uncollected

__all__ = ["uncollected"]
