"""Objects in S3 as a Source."""
