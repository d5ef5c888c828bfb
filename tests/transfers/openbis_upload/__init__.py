"""Saving notebooks to the demo's openBIS, over HTTP and with the real worker."""
