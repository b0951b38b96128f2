"""The words of the forms: lists that an auditor may extend, and how a text on a form is compared with them."""
