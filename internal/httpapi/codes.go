package httpapi

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Values of extensions.code; the table in the package comment says when and with which status.
const (
	CodeBadRequest               = "BAD_REQUEST"
	CodeUnauthenticated          = "UNAUTHENTICATED"
	CodeForbiddenOrigin          = "FORBIDDEN_ORIGIN"
	CodeMethodNotAllowed         = "METHOD_NOT_ALLOWED"
	CodeNotAcceptable            = "NOT_ACCEPTABLE"
	CodeRequestTooLarge          = "REQUEST_TOO_LARGE"
	CodeUnsupportedMediaType     = "UNSUPPORTED_MEDIA_TYPE"
	CodeParseFailed              = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed         = "GRAPHQL_VALIDATION_FAILED"
	CodeOperationResolution      = "OPERATION_RESOLUTION_FAILURE"
	CodeDocumentLimit            = "DOCUMENT_LIMIT_EXCEEDED"
	CodeComplexityLimit          = "COMPLEXITY_LIMIT_EXCEEDED"
	CodePersistedQueryNotFound   = "PERSISTED_QUERY_NOT_FOUND"
	CodeSubscriptionNotSupported = "SUBSCRIPTION_NOT_SUPPORTED"
	CodeBadUserInput             = "BAD_USER_INPUT"
	CodeTimeout                  = "TIMEOUT"
	CodeTooManyOperations        = "TOO_MANY_OPERATIONS"
	CodeUnavailable              = "UNAVAILABLE"
	CodeInternal                 = "INTERNAL"
)

func codedError(code, format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf(format, args...),
		Extensions: map[string]any{"code": code},
	}
}

func internalError() *gqlerror.Error { return codedError(CodeInternal, "internal error") }

// codeOf returns extensions.code, or "" when there is none.
func codeOf(err *gqlerror.Error) string {
	if err == nil {
		return ""
	}
	code, _ := err.Extensions["code"].(string)
	return code
}

// codesOf lists each code once, for the log.
func codesOf(errs gqlerror.List) []string {
	var codes []string
	for _, e := range errs {
		if c := codeOf(e); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	return codes
}
