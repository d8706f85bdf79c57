"""Start page, navigation, help and the pages every site owes its visitors. Owns no data."""
