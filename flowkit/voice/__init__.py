"""The telephone: a flow as a Pipecat pipeline.

``pipeline.build`` makes the three processors that hold a conversation; put them between the
transports and services of your choice. Needs the extra ``phone``; nothing outside this
package imports it, and nothing here is imported until it is asked for by name.
"""
