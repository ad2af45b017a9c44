"""flowkit: phone agents from YAML."""
