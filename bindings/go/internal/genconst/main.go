// SPDX-License-Identifier: LGPL-2.1-or-later

// Command genconst writes constants.go of each package from the enumerations in libmhp's headers,
// so that none is missing; with -check it only compares.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A kind is how an enumeration of C is called in Go.
type kind struct {
	name, base string
	cut, put   string // instead of the first, its constants begin with the second
}

// packages: folder, what is included, headers, enumerations.
var packages = []struct {
	folder, name, include string
	headers               []string
	kinds                 map[string]kind
}{
	{".", "mhp", "#include <mhp/mhp.h>", []string{
		"version", "types", "capture", "snapshot", "recover", "request", "plan", "apply",
		"cause", "report", "event", "monitor", "wait",
	}, map[string]kind{
		"mhp_feature":       {"Feature", "int", "", ""},
		"mhp_online_type":   {"OnlineType", "int", "", ""},
		"mhp_state":         {"State", "int", "", ""},
		"mhp_zone":          {"Zone", "int", "", ""},
		"mhp_device_state":  {"DeviceState", "int", "", ""},
		"mhp_region_kind":   {"RegionKind", "int", "", ""},
		"mhp_capability":    {"Capability", "int", "", ""},
		"mhp_node_kind":     {"NodeKind", "int", "", ""},
		"mhp_access":        {"Access", "int", "", ""},
		"mhp_capture_flag":  {"CaptureFlags", "uint64", "", ""},
		"mhp_snapshot_flag": {"SnapshotFlags", "uint64", "", ""},
		"mhp_returned":      {"Returned", "int", "", ""},
		"mhp_goal":          {"Goal", "int", "", ""},
		"mhp_rule":          {"Rules", "uint64", "", ""},
		"mhp_step_kind":     {"StepKind", "int", "", ""},
		"mhp_conflict_code": {"ConflictCode", "int", "", ""},
		"mhp_cancel":        {"Cancel", "int", "CANCEL", "CANCEL_APPLY"},
		"mhp_apply_flag":    {"ApplyFlags", "uint64", "", ""},
		"mhp_cause_kind":    {"CauseKind", "int", "", ""},
		"mhp_outcome":       {"Outcome", "int", "", ""},
		"mhp_reason":        {"Reason", "int", "", ""},
		"mhp_event_kind":    {"EventKind", "int", "", ""},
		"mhp_event_source":  {"EventSource", "int", "", ""},
		"mhp_monitor_flag":  {"MonitorFlags", "uint64", "", ""},
		"mhp_wait":          {"Wait", "int", "", ""},
	}},
	{"policy", "policy", "#include <mhp/standing.h>\n#include <mhp/agenda.h>", []string{
		"standing", "agenda",
	}, map[string]kind{
		"mhp_wish":       {"Wish", "int", "", ""},
		"mhp_match":      {"Match", "int", "", ""},
		"mhp_item_state": {"ItemState", "int", "", ""},
		"mhp_drift_kind": {"DriftKind", "int", "", ""},
	}},
	{"sim", "sim", "#include <mhp/sim-builder.h>\n#include <mhp/sim.h>", []string{
		"sim", "sim-builder",
	}, map[string]kind{
		"mhp_sim_flag":     {"Flags", "uint64", "SIM_", ""},
		"mhp_sim_access":   {"Access", "uint64", "SIM_", ""},
		"mhp_sim_kernel":   {"Kernel", "int", "SIM_", ""},
		"mhp_sim_cxl_flag": {"CXLFlags", "uint64", "SIM_", ""},
	}},
}

var (
	enumOf  = regexp.MustCompile(`(?s)/\*\*((?:[^*]|\*[^/])*)\*/\s*enum (mhp_\w+) \{(.*?)\n\};`)
	valueOf = regexp.MustCompile(`(?s)(MHP_\w+) = \d+,\s*/\*\*<((?:[^*]|\*[^/])*)\*/`)
	since   = regexp.MustCompile(`\s*@since [0-9.]+`)
	margin  = regexp.MustCompile(`\s*\n\s*(?:\* ?)?`)
	macro   = regexp.MustCompile(`MHP_\w+`)
	call    = regexp.MustCompile(`(mhp_\w+)\(\)`)
)

// Abbreviations, which Go writes in one case.
var initials = map[string]string{
	"DMA": "DMA", "DMA32": "DMA32", "CXL": "CXL", "DIMM": "DIMM", "LMB": "LMB", "CPU": "CPU",
	"DAX": "DAX", "S390": "S390", "PPC64": "PPC64",
}

var (
	constants = map[string]string{} // names in Go by those in C
	functions = map[string]string{} // likewise, of the table "functions"
)

// camel makes SNAPSHOT_FOR_PLANS SnapshotForPlans; KERNEL_7_3 Kernel7_3.
func camel(words string) string {
	name := ""
	for _, word := range strings.Split(words, "_") {
		digit := word[0] >= '0' && word[0] <= '9'
		if digit && name != "" && name[len(name)-1] <= '9' {
			name += "_"
		}
		if initials[word] != "" {
			name += word
		} else {
			name += word[:1] + strings.ToLower(word[1:])
		}
	}
	return name
}

func (k kind) constant(name string) string {
	name = strings.TrimPrefix(name, "MHP_")
	if k.cut == "CANCEL" && name != k.cut {
		return camel(name)
	}
	if rest := strings.TrimPrefix(name, k.cut); k.cut != "" && rest != name {
		name = k.put + rest
	}
	return camel(name)
}

// inGo has a comment name what it names as Go does.
func inGo(text string) string {
	text = strings.TrimSpace(since.ReplaceAllString(margin.ReplaceAllString(text, " "), ""))
	text = macro.ReplaceAllStringFunc(text, func(name string) string {
		if constants[name] != "" {
			return constants[name]
		}
		return name
	})
	return call.ReplaceAllStringFunc(text, func(name string) string {
		if known := functions[strings.TrimSuffix(name, "()")]; known != "" && known != "-" {
			return known
		}
		return name
	})
}

// comment wraps a text.
func comment(out *bytes.Buffer, indent, text string) {
	line := indent + "//"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > 94-7*len(indent) {
			fmt.Fprintln(out, line)
			line = indent + "//"
		}
		line += " " + word
	}
	fmt.Fprintln(out, line)
}

func readTable(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if fields := strings.Split(line, "\t"); len(fields) == 2 {
			functions[fields[0]] = fields[1]
		}
	}
}

func readHeader(name string) string {
	dir, err := exec.Command("pkg-config", "--variable=includedir", "libmhp").Output()
	if err != nil {
		log.Fatal("pkg-config libmhp: ", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "mhp", name+".h"))
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}

// each calls fn for all enumerations of a package.
func each(headers []string, kinds map[string]kind, fn func(k kind, name, doc, body string)) {
	for _, header := range headers {
		for _, enum := range enumOf.FindAllStringSubmatch(readHeader(header), -1) {
			k, ok := kinds[enum[2]]
			if !ok {
				log.Fatalf("enum %s of %s.h has no name in Go: internal/genconst/main.go",
					enum[2], header)
			}
			fn(k, enum[2], enum[1], enum[3])
		}
	}
}

func main() {
	check := flag.Bool("check", false, "compare only")
	root := flag.String("root", ".", "folder of the module")
	flag.Parse()
	readTable(filepath.Join(*root, "functions"))
	for _, p := range packages {
		each(p.headers, p.kinds, func(k kind, _, _, body string) {
			for _, value := range valueOf.FindAllStringSubmatch(body, -1) {
				constants[value[1]] = k.constant(value[1])
			}
		})
	}
	for _, p := range packages {
		out := &bytes.Buffer{}
		fmt.Fprintf(out, "// SPDX-License-Identifier: LGPL-2.1-or-later\n\n"+
			"// Code generated by internal/genconst from libmhp's headers. DO NOT EDIT.\n"+
			"\n"+
			"package %s\n\n/*\n%s\n*/\nimport \"C\"\n", p.name, p.include)
		each(p.headers, p.kinds, func(k kind, name, doc, body string) {
			fmt.Fprintln(out)
			comment(out, "", k.name+" has the values of enum "+name+". "+inGo(doc))
			fmt.Fprintf(out, "type %s %s\n\n// Values of %s.\nconst (\n",
				k.name, k.base, k.name)
			for _, value := range valueOf.FindAllStringSubmatch(body, -1) {
				goName := constants[value[1]]
				comment(out, "\t", goName+": "+inGo(value[2]))
				fmt.Fprintf(out, "\t%s %s = C.%s\n", goName, k.name, value[1])
			}
			fmt.Fprintln(out, ")")
		})
		text, err := format.Source(out.Bytes())
		if err != nil {
			log.Fatal(p.name, ": ", err)
		}
		path := filepath.Join(*root, p.folder, "constants.go")
		if *check {
			if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, text) {
				log.Fatal(path, " is not what the headers say; make bindings-update makes it anew")
			}
		} else if err := os.WriteFile(path, text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
