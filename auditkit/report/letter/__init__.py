"""The letter to the unit: what it says, the template that it is set in, and how it becomes a Word file."""
