/* The verbs key generate and key show: the keys by which a principal is known. */
#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"
#include "clients/lib/folders.h"
#include "proto/key_file.h"
#include "proto/paths.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEY_NAME "key" /* in the folder of the client's state */

static const char *cell_of(const CurvePair *pair, char fingerprint[static CURVE_FINGERPRINT_SIZE])
{
    (void)curve_fingerprint_of(pair->public_key, fingerprint);
    return fingerprint;
}

/* Never the secret one. */
static int print_pair(const Session *session, const char *path, const CurvePair *pair)
{
    char fingerprint[CURVE_FINGERPRINT_SIZE] = "";
    if (session->form == OUTPUT_TABLE) {
        (void)printf("public key   %s\nfingerprint  %s\n", pair->public_key,
                     cell_of(pair, fingerprint));
        return CLI_DONE;
    }
    json_t *json = json_pack("{s:s, s:s, s:s}", "file", path, "publicKey", pair->public_key,
                             "fingerprint", cell_of(pair, fingerprint));
    if (!json) return complain_code(CLI_INVALID, "the path is not valid UTF-8");
    (void)output_json(stdout, json, session->form);
    json_decref(json);
    return CLI_DONE;
}

/* The file that is named, or the usual one, whose folder is made where it is to be written. */
static int find_path(const Session *session, bool makes, char path[static KEY_FILE_PATH_SIZE])
{
    Paths paths;
    Problem problem;
    problem_clear(&problem);
    const char *named = session->word_count ? session->words[0] : NULL;
    if (!named && !paths_find(session->connection.home, &paths, &problem))
        return complain_problem(&problem, NULL);
    if (!named && makes && folders_make(paths.state, &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    int length = named ? snprintf(path, KEY_FILE_PATH_SIZE, "%s", named)
                       : snprintf(path, KEY_FILE_PATH_SIZE, "%s/" KEY_NAME, paths.state);
    if (length >= KEY_FILE_PATH_SIZE) return complain_code(CLI_INVALID, "the path is too long");
    return CLI_DONE;
}

int verb_key_generate(Session *session)
{
    char path[KEY_FILE_PATH_SIZE];
    uint8_t secret[CURVE_KEY_BYTES];
    CurvePair pair;
    Problem problem;
    problem_clear(&problem);
    int code = find_path(session, true, path);
    if (code != CLI_DONE) return code;
    if (sodium_init() < 0) return complain_code(CLI_FAILED, "libsodium cannot be initialised");
    randombytes_buf(secret, sizeof secret);
    curve_pair_make(secret, &pair);
    sodium_memzero(secret, sizeof secret);
    code = key_file_make(path, &pair, &problem) == STATUS_OK ? print_pair(session, path, &pair)
                                                             : complain_problem(&problem, NULL);
    curve_pair_clear(&pair);
    if (code == CLI_DONE && session->form == OUTPUT_TABLE)
        (void)printf("kept in      %s: yours alone; hand out %s" KEY_FILE_PUBLIC "\n", path, path);
    return code;
}

int verb_key_show(Session *session)
{
    char path[KEY_FILE_PATH_SIZE];
    CurvePair pair;
    Problem problem;
    problem_clear(&problem);
    int code = find_path(session, false, path);
    if (code != CLI_DONE) return code;
    if (key_file_read_public(path, &pair, &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    return print_pair(session, path, &pair);
}
