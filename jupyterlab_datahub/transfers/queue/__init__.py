"""The durable queue, as those who ask and the worker who answers use it."""
