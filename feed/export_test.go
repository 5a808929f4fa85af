package feed

// Revision is for the golden files' folder.
const Revision = revision
