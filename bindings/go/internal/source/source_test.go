// SPDX-License-Identifier: LGPL-2.1-or-later

// Package source has tests of the module's source: that no function of C is forgotten, and no name
// lacks a comment.
package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// packages are those for users, by what their names begin with in the table.
var packages = map[string]string{"": ".", "policy.": "policy", "sim.": "sim"}

// A thing is what a package declares: which functions of C it calls, and which others it names.
type thing struct {
	isFunc, hasComment bool
	calls, names       map[string]bool
}

// declared are the things of a folder by name, as in "Region.Name".
func declared(t *testing.T, folder string) map[string]*thing {
	t.Helper()
	noTests := func(file os.FileInfo) bool {
		return !strings.HasSuffix(file.Name(), "_test.go")
	}
	parsed, err := parser.ParseDir(token.NewFileSet(), filepath.Join(root, folder), noTests,
		parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	things := map[string]*thing{}
	for _, pkg := range parsed {
		for _, file := range pkg.Files {
			for _, decl := range file.Decls {
				declare(things, decl)
			}
		}
	}
	return things
}

func declare(things map[string]*thing, decl ast.Decl) {
	if f, ok := decl.(*ast.FuncDecl); ok {
		name := f.Name.Name
		if f.Recv != nil {
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			name = receiver.(*ast.Ident).Name + "." + name
		}
		things[name] = look(f, f.Doc != nil)
		things[name].isFunc = true
		return
	}
	group := decl.(*ast.GenDecl)
	for _, spec := range group.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			things[spec.Name.Name] = look(spec, group.Doc != nil || spec.Doc != nil)
			if s, ok := spec.Type.(*ast.StructType); ok {
				declareFields(things, spec.Name.Name, s.Fields.List)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				isAlone := len(group.Specs) == 1
				things[name.Name] = look(spec, isAlone && group.Doc != nil || spec.Doc != nil)
			}
		}
	}
}

func declareFields(things map[string]*thing, of string, fields []*ast.Field) {
	for _, field := range fields {
		for _, name := range field.Names {
			things[of+"."+name.Name] = look(field, field.Doc != nil)
		}
	}
}

func look(node ast.Node, hasComment bool) *thing {
	it := &thing{false, hasComment, map[string]bool{}, map[string]bool{}}
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if from, ok := n.X.(*ast.Ident); ok && from.Name == "C" {
				it.calls[n.Sel.Name] = true
			} else {
				it.names[n.Sel.Name] = true
			}
		case *ast.Ident:
			it.names[n.Name] = true
		}
		return true
	})
	return it
}

// reaches tells whether a function calls one of C, by itself or by others of the package that are
// not for users.
func reaches(things map[string]*thing, from, call string, seen map[string]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	if things[from].calls[call] {
		return true
	}
	for name, it := range things {
		short := name[strings.LastIndex(name, ".")+1:]
		if it.isFunc && !ast.IsExported(short) && things[from].names[short] &&
			reaches(things, name, call, seen) {
			return true
		}
	}
	return false
}

func TestTable(t *testing.T) {
	things := map[string]map[string]*thing{}
	for prefix, folder := range packages {
		things[prefix] = declared(t, folder)
	}
	text, err := os.ReadFile(root + "/functions")
	if err != nil {
		t.Fatal(err)
	}
	wrapped := 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Split(line, "\t")
		if line[0] == '#' || fields[1] == "-" {
			continue
		}
		wrapped++
		prefix, name := "", fields[1]
		if i := strings.IndexByte(name, '.') + 1; packages[name[:i]] != "" {
			prefix, name = name[:i], name[i:]
		}
		it := things[prefix][name]
		if it == nil {
			t.Errorf("%s: there is no %s", fields[0], fields[1])
			continue
		}
		// of fields, and what frees, another function has the call
		isThere := it.isFunc && reaches(things[prefix], name, fields[0], map[string]bool{})
		if !it.isFunc || strings.HasSuffix(name, ".Close") ||
			strings.HasSuffix(name, ".String") {
			for _, other := range things[prefix] {
				isThere = isThere || other.isFunc && other.calls[fields[0]]
			}
		}
		if !isThere {
			t.Errorf("%s does not call %s", fields[1], fields[0])
		}
	}
	if wrapped < 300 {
		t.Errorf("only %d functions are wrapped", wrapped)
	}
}

func TestComments(t *testing.T) {
	n := 0
	for prefix, folder := range packages {
		for name, it := range declared(t, folder) {
			isExported := true
			for _, part := range strings.Split(name, ".") {
				isExported = isExported && ast.IsExported(part)
			}
			if isExported {
				n++
				if !it.hasComment {
					t.Errorf("%s%s has no comment", prefix, name)
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d names were found", n)
	}
}

// Who does not use the simulated machine is not linked to it.
func TestImports(t *testing.T) {
	for _, folder := range []string{".", "policy"} {
		list := exec.Command("go", "list", "-deps", "./"+folder)
		list.Dir = root
		deps, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(deps), "libmhp.invalid/mhp/sim") {
			t.Errorf("%s needs sim", folder)
		}
	}
}
