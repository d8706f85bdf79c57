"""What an invented body is made of: its parse functions, its question and the words its answers are filled with."""
