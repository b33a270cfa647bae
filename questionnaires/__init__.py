"""What is asked, of whom, and which criterion of the index an item measures."""
