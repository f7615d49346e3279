"""Import of an existing register of repairs (CSV or Excel).

Read in this order: `reading` (a file becomes rows), `columns` (what a column means), `records` (a row
becomes the documents to write, or the reasons why not), all three without a site; then `masters`
(customers and product groups the rows name), `writing` (one record, all of it or nothing), `jobs` (the
dry run and the import in the background), `messages` (the reasons in words).
"""
