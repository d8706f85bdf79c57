"""The pages of a citizen's folders; `arranged.folders` stores them."""
