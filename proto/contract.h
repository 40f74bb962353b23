/*
 * contract - every message of plenary.v1 under its short name.
 *
 * The generated headers spell a type Plenary__V1__Event. Code of ours says Event. Enumerators keep
 * their full generated names (PLENARY__V1__EVENT__KIND__MEETING): they are what is in the .proto.
 */
#ifndef PLENARY_PROTO_CONTRACT_H
#define PLENARY_PROTO_CONTRACT_H

#include <plenary/v1/change.pb-c.h>
#include <plenary/v1/directory.pb-c.h>
#include <plenary/v1/event.pb-c.h>
#include <plenary/v1/query.pb-c.h>
#include <plenary/v1/request.pb-c.h>
#include <plenary/v1/stream.pb-c.h>

typedef Plenary__V1__Event Event;
typedef Plenary__V1__Schedule Schedule;
typedef Plenary__V1__Venue Venue;
typedef Plenary__V1__Involvement Involvement;
typedef Plenary__V1__Participant Participant;
typedef Plenary__V1__Outcome Outcome;
typedef Plenary__V1__Handling Handling;
typedef Plenary__V1__Organisation Organisation;
typedef Plenary__V1__Principal Principal;
typedef Plenary__V1__PrincipalKey PrincipalKey;
typedef Plenary__V1__Change Change;
typedef Plenary__V1__Difference Difference;
typedef Plenary__V1__Query Query;
typedef Plenary__V1__Term Term;
typedef Plenary__V1__Page Page;
typedef Plenary__V1__Clash Clash;
typedef Plenary__V1__Conflict Conflict;
typedef Plenary__V1__Request Request;
typedef Plenary__V1__Reply Reply;
typedef Plenary__V1__Cursor Cursor;
typedef Plenary__V1__Subscribe Subscribe;
typedef Plenary__V1__Subscriber Subscriber;
typedef Plenary__V1__Delivery Delivery;
typedef Plenary__V1__StreamRequest StreamRequest;
typedef Plenary__V1__StreamMessage StreamMessage;

#endif
