"""Objects in S3 and in stores that speak as it does, as a Source."""
