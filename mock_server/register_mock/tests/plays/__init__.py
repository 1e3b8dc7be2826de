"""What is asked of a mock to see whether it has a defect."""
