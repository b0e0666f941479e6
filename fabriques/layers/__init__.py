"""The layers of the staff map: each a question to rows; its list is also a map, a file and, for some, a mail."""
