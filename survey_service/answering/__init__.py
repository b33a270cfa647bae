"""From a link to a durable response: open the form, save its pages, submit it once."""
