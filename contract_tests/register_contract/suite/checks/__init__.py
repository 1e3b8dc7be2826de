"""What is checked in every answer, whatever the request was. Each check returns breaches."""
