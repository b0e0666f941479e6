"""The demonstration: fictitious data, published accounts, mails to read in the browser. Refused in production."""
