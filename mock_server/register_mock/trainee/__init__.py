"""What a trainee is: its record, its states, the values made for it, how it is shown."""
