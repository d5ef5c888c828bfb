"""openBIS as a Source, on the demo's openBIS."""
