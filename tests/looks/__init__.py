"""The look of each component on one page, made from the templates and style sheets of the portal (`make looks`)."""
