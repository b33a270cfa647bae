"""What a letter says: templates, wording, values about one person; previews and test letters."""
