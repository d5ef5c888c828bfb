"""openBIS: browse, search and fetch what a laboratory keeps, and save notebooks to it."""
