"""The mail catcher: a real mail server that keeps every mail in a folder."""
