"""What a change of the contract breaks: causes, and requests that show it."""
