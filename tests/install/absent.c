/* Asks a daemon that is not there, as a program outside this tree would. */
#include <plenary.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    PlenaryError error;
    PlenaryOptions options = {.home = argc > 1 ? argv[1] : NULL};
    PlenaryClient *client = plenary_client_new(&options, &error);
    if (!client) return 1;
    Plenary__V1__GetStatus get = PLENARY__V1__GET_STATUS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_STATUS;
    request.get_status = &get;
    Plenary__V1__Reply *reply = NULL;
    bool answered = plenary_call(client, &request, &reply, &error);
    printf("%d %s\n", error.code, answered ? "answered" : error.message);
    plenary_client_destroy(&client);
    return 0;
}
