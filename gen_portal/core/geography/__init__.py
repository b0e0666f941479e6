"""Reference geography: the files kept here, their readers, and the outlines drawn from them. See README.md."""
