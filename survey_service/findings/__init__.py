"""What a wave found out beside its points: a document that is fit to be published."""
