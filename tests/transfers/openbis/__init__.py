"""Downloads from an openBIS, through the real worker and the demo's server."""
