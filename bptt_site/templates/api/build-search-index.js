// pdoc runs this where there is a Node, to make the search's index in advance. That would make a file three times as
// large: each reader's browser makes the index in some milliseconds.
process.exit(1);
