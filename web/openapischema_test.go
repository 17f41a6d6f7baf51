package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// object is a part of a document.
type object = map[string]any

// schemas makes schemas of Go types: what encoding/json writes of them.
type schemas struct {
	t       *testing.T
	said    map[string]string // comments, by "Type" and "Type.Field"
	made    object            // by the name of the type
	refused object            // answers of what is refused, by name
}

// enums are the fields that may be certain words alone.
func enums() map[string][]string {
	lane, status := []string{"requests", "listen", "old", ""}, []string{"open", "claimed", "done", ""}
	return map[string][]string{
		"AlertAnswer.Kind": {kindSearch, "overdue"}, "AlertAnswer.Channel": {"email", "webhook"},
		"sentAlert.Kind": {kindSearch, "overdue"}, "sentAlert.Channel": {"email", "webhook"},
		"DeliveryAnswer.State": {"due", "sending", "sent", "given_up", "dropped"},
		"Callback.Lane":        lane, "CallbackItem.Lane": lane, "Callback.Status": status, "CallbackItem.Status": {"open", "claimed", "done"},
		"Hit.Transcript": {"present", "pending", "none"}, "Recording.Kind": {"voicemail", "call_v2", "call_v1"},
		"FoundNumber.Kind":     {"call", "not", "write", "fax", "account", "amount", "date", "code", "other", "phone"},
		"CallbackEvent.Action": {"claim", "release", "assign", "attempt", "close", "reopen", "snooze", "note", "undo", "correct", "take", "seen", "heard", "found", "repeat", "lapse"},
		"CallbackEvent.From":   status, "CallbackEvent.To": status, "LedgerRow.Voicemail": {"yes", "no", ""},
		"LedgerGap.Kind": {"waiting", "dead", "gone", "untranscribed", "unarchived", "unindexed"},
		"sentAct.Result": {"no_answer", "busy", "left_message", ""}, "sentNext.Lane": lane,
		"Histogram.Unit": {"hour", "day", "week", "month", "quarter", "year", ""},
		"ErrorWords.Code": {codeBadRequest, codeUnauthorized, codeForbidden, codeNotFound, codeMethod, codeTooLarge, codeTooMany, codeConflict,
			codeInternal, codeUnavailable},
	}
}

// comments reads the comments of types and their fields.
func comments(t *testing.T) map[string]string {
	t.Helper()
	said := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				return true
			}
			for _, spec := range decl.Specs {
				one := spec.(*ast.TypeSpec)
				fields, ok := one.Type.(*ast.StructType)
				if !ok {
					continue
				}
				said[one.Name.Name] = words(decl.Doc)
				for _, f := range fields.Fields.List {
					for _, name := range f.Names {
						said[one.Name.Name+"."+name.Name] = words(f.Doc) + words(f.Comment)
					}
				}
			}
			return true
		})
	}
	return said
}

func words(c *ast.CommentGroup) string {
	return strings.Join(strings.Fields(c.Text()), " ")
}

// of is the schema of a type. Structs stand by their names.
func (s *schemas) of(t reflect.Type, asked bool) object {
	switch t {
	case reflect.TypeFor[Stamp]():
		return object{"type": "string", "format": "date-time", "nullable": true}
	case reflect.TypeFor[WholeSecond]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[time.Time]():
		s.t.Fatal("times are written as Stamp or WholeSecond")
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem(), asked)}
	case reflect.Pointer:
		inner := s.of(t.Elem(), asked)
		if asked { // what may be left out
			return inner
		}
		if _, named := inner["$ref"]; named {
			return object{"nullable": true, "allOf": []any{inner}}
		}
		inner["nullable"] = true
		return inner
	case reflect.Struct:
		name := s.name(t)
		if s.made[name] == nil {
			s.made[name] = object{} // it may hold itself
			s.made[name] = s.structure(t, asked)
		}
		return object{"$ref": "#/components/schemas/" + name}
	}
	s.t.Fatalf("no schema for %v", t)
	return nil
}

// name is what clients know a type by.
func (s *schemas) name(t reflect.Type) string {
	name := t.Name()
	if rest, sent := strings.CutPrefix(name, "sent"); sent {
		name = "Sent" + rest
	}
	return name
}

// structure is the schema of a struct. What is written has every key, always.
func (s *schemas) structure(t reflect.Type, asked bool) object {
	properties := object{}
	var required []string
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		for _, f := range reflect.VisibleFields(t) {
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if len(f.Index) > 1 || !f.IsExported() {
				continue
			}
			if f.Anonymous && key == "" {
				add(f.Type)
				continue
			}
			if key == "" || key == "-" {
				s.t.Fatalf("%v.%s has no key", t, f.Name)
			}
			schema := s.of(f.Type, asked)
			if list := enums()[t.Name()+"."+f.Name]; list != nil {
				schema["enum"] = list
			}
			if said := s.said[t.Name()+"."+f.Name]; said != "" {
				said = strings.TrimPrefix(strings.TrimPrefix(said, f.Name+" "), "is ")
				if ref := schema["$ref"]; ref != nil {
					schema = object{"allOf": []any{object{"$ref": ref}}}
				}
				schema["description"] = said
			}
			properties[key], required = schema, append(required, key)
		}
	}
	add(t)
	out := object{"type": "object", "properties": properties}
	if said := s.said[t.Name()]; said != "" {
		said = strings.TrimPrefix(said, t.Name()+" ")
		out["description"] = strings.TrimPrefix(strings.TrimPrefix(said, "is "), "are ")
	}
	if !asked {
		out["required"], out["additionalProperties"] = required, false
	}
	return out
}
