"""Moving bytes: durable queue, worker process, verification, library."""
