"""Pages for people: the frame, the door, the language and the forms that the pages of every service share."""
