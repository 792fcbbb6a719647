#ifndef CLIVECHATBSON_SHIM_H
#define CLIVECHATBSON_SHIM_H

#include <bson/bson.h>

// Swift does not import types that are aligned to 128 bytes, as libbson's documents and iterators are. They stay here.

/// A value of a document, whose bytes are the document's own.
struct livechat_bson_value {
    int type;  // a bson_type_t
    long long integer;  // of a boolean, a whole number or a date
    double number;
    const uint8_t *bytes;  // of a text, a document or an array
    uint32_t count;
    char object_id[25];
};

static inline void livechat_bson_take(const bson_iter_t *iterator, struct livechat_bson_value *value) {
    value->type = (int)bson_iter_type(iterator);
    switch (bson_iter_type(iterator)) {
    case BSON_TYPE_UTF8: value->bytes = (const uint8_t *)bson_iter_utf8(iterator, &value->count); break;
    case BSON_TYPE_DOCUMENT: bson_iter_document(iterator, &value->count, &value->bytes); break;
    case BSON_TYPE_ARRAY: bson_iter_array(iterator, &value->count, &value->bytes); break;
    case BSON_TYPE_BOOL: value->integer = bson_iter_bool(iterator); break;
    case BSON_TYPE_INT32: value->integer = bson_iter_int32(iterator); break;
    case BSON_TYPE_INT64: value->integer = bson_iter_int64(iterator); break;
    case BSON_TYPE_DATE_TIME: value->integer = bson_iter_date_time(iterator); break;
    case BSON_TYPE_DOUBLE: value->number = bson_iter_double(iterator); break;
    case BSON_TYPE_OID: bson_oid_to_string(bson_iter_oid(iterator), value->object_id); break;
    default: break;
    }
}

/// Finds the first value of a key. Returns whether there is one.
static inline bool livechat_bson_find(const uint8_t *document, size_t count, const char *key, int key_count,
                                      struct livechat_bson_value *value) {
    bson_iter_t iterator;
    if (!bson_iter_init_from_data(&iterator, document, count)) return false;
    if (!bson_iter_find_w_len(&iterator, key, key_count)) return false;
    livechat_bson_take(&iterator, value);
    return true;
}

/// Takes the next value, where the position is 0 before the first. Returns whether there is one.
static inline bool livechat_bson_next(const uint8_t *document, size_t count, uint32_t *position,
                                      struct livechat_bson_value *value) {
    bson_iter_t iterator;
    if (!bson_iter_init_from_data(&iterator, document, count)) return false;
    if (*position > 0) iterator.next_off = *position;
    if (!bson_iter_next(&iterator)) return false;
    *position = iterator.next_off;
    livechat_bson_take(&iterator, value);
    return true;
}

/// Whether a document is whole in all its parts, and its texts are UTF-8.
static inline bool livechat_bson_is_valid(const uint8_t *document, size_t count) {
    bson_t view;
    const bson_validate_flags_t flags = (bson_validate_flags_t)(BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL);
    return bson_init_static(&view, document, count) && bson_validate(&view, flags, NULL);
}

/// Reads one document of extended JSON, to be freed; NULL when it is damaged.
static inline void *livechat_bson_from_json(const uint8_t *text, ssize_t count) {
    bson_error_t error;
    return bson_new_from_json(text, count, &error);
}

static inline const uint8_t *livechat_bson_bytes(const void *document) { return bson_get_data((const bson_t *)document); }
static inline size_t livechat_bson_count(const void *document) { return ((const bson_t *)document)->len; }
static inline void livechat_bson_free(void *document) { bson_destroy((bson_t *)document); }

#endif
