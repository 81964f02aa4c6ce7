"""From rows and forms to what a template shows: values in words, in the order of the page."""
