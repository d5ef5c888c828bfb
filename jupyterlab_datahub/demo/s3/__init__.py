"""The demo's object store: buckets in moto, behind what S3 asks of those who come."""
