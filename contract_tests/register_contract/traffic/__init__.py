"""Traffic that was recorded elsewhere, held to the contract without a request."""
