"""What people keep of their eBox: copies of documents, sealed with their own key; agreed to, written, read."""
