"""What is sent: valid bodies, their boundaries, and generated cases."""
