"""The rooms put together: what the server and the command line both do."""
