// Package feedmill holds config.yaml, which explains every key of the configuration: the one source
// of what the reference, the schema for editors and a new configuration say.
package feedmill

import _ "embed"

// Reference is the text of config.yaml.
//
//go:embed config.yaml
var Reference []byte
