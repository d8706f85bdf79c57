"""Events of documents in the boxes of citizens who linked their eBox: fetched and turned into news by the worker."""
