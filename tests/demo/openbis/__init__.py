"""The demo's openBIS, by its protocols and by the clients that others made for it."""
