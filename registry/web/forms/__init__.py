"""A form as typed -> a draft for the services, and a record -> the form again."""
