"""Watch over the deletion of what is past its term: is the clock right, and is anything still kept too long.

Each room declares what its tables hold and until when (`database.terms`), and deletes it by its own jobs. Every such
job first calls `clock.verify`.
"""
