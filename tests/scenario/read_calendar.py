"""Reads a calendar as others would: read_calendar.py FILE [--zones]

Every line has at most 75 octets and no broken character; python3-icalendar and python3-vobject read
every event without complaint. With --zones the offset of every time with a TZID is worked out from
the calendar's own VTIMEZONE (by dateutil) and compared with the system's tzdata (zoneinfo).
"""
import datetime
import io
import pathlib
import re
import sys
import warnings
import zoneinfo

import icalendar
import vobject
from dateutil import tz

LINE_OCTETS_MAX = 75


def check_lines(data):
    assert data.endswith(b"\r\n")
    for number, line in enumerate(data[:-2].split(b"\r\n"), 1):
        assert 0 < len(line) <= LINE_OCTETS_MAX, f"line {number}: {len(line)} octets"
        line.decode("utf-8")
        assert b"\r" not in line and b"\n" not in line, f"line {number}"


def read_with_icalendar(data):
    calendar = icalendar.Calendar.from_ical(data)
    events = calendar.walk("VEVENT")
    assert not calendar.errors, calendar.errors
    for event in events:
        assert not event.errors, (event["UID"], event.errors)
        assert event["UID"] and event["DTSTART"].dt and event["SUMMARY"]
    return len(events)


def read_with_vobject(text):
    count = 0
    for calendar in vobject.readComponents(text):
        for event in getattr(calendar, "vevent_list", []):
            assert event.uid.value and event.dtstart.value and event.summary.value
            count += 1
    return count


def check_zones(text):
    unfolded = text.replace("\r\n ", "")
    zones = {}
    for block in re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", unfolded, re.S):
        name = re.search(r"^TZID:(.*?)\r$", block, re.M)[1]
        assert name not in zones, f"{name} is told twice"
        zones[name] = tz.tzical(io.StringIO(block)).get(name)
    checked = 0
    for name, value in re.findall(r"^[A-Z-]+;TZID=([^:;]+):(\d{8}T\d{6})\r$", unfolded, re.M):
        local = datetime.datetime.strptime(value, "%Y%m%dT%H%M%S")
        told = local.replace(tzinfo=zones[name]).utcoffset()
        known = local.replace(tzinfo=zoneinfo.ZoneInfo(name)).utcoffset()
        assert told == known, (name, value, told, known)
        checked += 1
    assert checked, "no time has a zone"
    return checked


warnings.simplefilter("error")
content = pathlib.Path(sys.argv[1]).read_bytes()
check_lines(content)
print("icalendar:", read_with_icalendar(content), "events")
print("vobject:", read_with_vobject(content.decode("utf-8")), "events")
if "--zones" in sys.argv:
    print("zones:", check_zones(content.decode("utf-8")), "times")
